import type { Words } from '../en'

export const https: Words['https'] = {
  use: '使用加密连接（HTTPS）',
  notices: '通知需要 HTTPS',
  title: '加密连接（HTTPS）',
  lead:
    '通过 HTTPS，网络上的任何人都无法读取或篡改传输的内容，浏览器也才允许显示通知、把本页安装为应用。' +
    '其他功能无需 HTTPS 也能使用。',
  isOn: '当前连接已加密。',
  own:
    '服务器使用自己生成的证书，你的设备还不认识它。每台设备只需设置一次信任。' +
    '该证书只对这台机器和专用网络有效，无法用来冒充其他网站。',
  compare:
    '信任之前，请将此 SHA-256 指纹与设备显示的指纹比对，并向管理员核实：服务器启动时会打印它。' +
    '没有 HTTPS 时，网络上的人可能替换了文件。',
  scan: '用另一台设备扫描二维码，即可在那里打开本页。',
  systems: {
    iphone: {
      name: 'iPhone 和 iPad',
      file: '下载描述文件',
      steps:
        '打开“设置”，轻点“已下载描述文件”并安装，然后在“通用”→“关于本机”→“证书信任设置”中启用它。',
    },
    android: {
      name: 'Android',
      file: '下载证书',
      steps: '在系统设置中搜索“CA 证书”，在“安装证书”下选择它，再选取下载的文件。',
    },
    windows: {
      name: 'Windows',
      file: '下载证书',
      steps: '打开文件，依次选择“安装证书”、“当前用户”，存储位置选“受信任的根证书颁发机构”。',
    },
    mac: {
      name: 'Mac',
      file: '下载证书',
      steps: '打开文件，将它添加到“登录”钥匙串。在钥匙串中双击它，在“信任”下选择“始终信任”。',
    },
    linux: {
      name: 'Linux',
      file: '下载证书（PEM）',
      steps:
        '在 Chrome 中打开 chrome://certificate-manager，在“自定义”的“由您安装”中导入。' +
        '在 Firefox 中，在“设置”→“隐私与安全”→“查看证书”→“证书颁发机构”中导入。',
    },
  },
  open: '通过 HTTPS 打开',
  continueLead: '你已在此浏览器中以 {name} 的身份登录，但没有使用 HTTPS。',
  continueNote: '继续后，你会从没有 HTTPS 的页面退出，因为那里的内容可能被他人读取。',
  continueAs: '以 {name} 的身份继续',
}
